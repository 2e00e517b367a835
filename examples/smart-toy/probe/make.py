"""Frames of speech and of noise from the sound files of Debian's alsa-utils, as rows for 'duolex probe model'.

    make.py SOUNDS OUT

SOUNDS holds Front_Center.wav and its like (/usr/share/sounds/alsa). Every frame is 512 samples at 16 kHz, brought from
[-1, 1] to [0, 1]. A frame is speech (1) when it is from a spoken file and loud; noise is from Noise.wav, silence from the
ends of the spoken ones. Nothing here asks the model.
"""
import array
import pathlib
import struct
import sys
import wave

FRAME, RATE = 512, 16000
EVERY = 3   # each third frame: neighbours are alike


def samples(path):
    with wave.open(str(path)) as w:
        if w.getsampwidth() != 2 or w.getframerate() % RATE != 0:
            sys.exit(f"{path}: 16 bits and a multiple of {RATE} Hz are expected")
        data = array.array("h")
        data.frombytes(w.readframes(w.getnframes()))
        if sys.byteorder == "big":
            data.byteswap()
        step, channels = w.getframerate() // RATE, w.getnchannels()
    mono = data[::channels]
    # The mean of what falls into one sample is filter enough here.
    return [sum(mono[i:i + step]) / step / 32768 for i in range(0, len(mono) - step + 1, step)]


def npy(path, kind, shape, body):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    text = text.ljust(117) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + body)


def main():
    sounds, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rows, labels = [], []
    for path in sorted(sounds.glob("*.wav")):
        x = samples(path)
        spoken = path.stem != "Noise"
        frames = [x[i:i + FRAME] for i in range(0, len(x) - FRAME + 1, FRAME)][::EVERY]
        loudness = [(sum(v * v for v in f) / FRAME) ** 0.5 for f in frames]
        for frame, loud in zip(frames, loudness):
            speech = spoken and loud > 0.05
            if spoken and not speech and loud > 0.005:
                continue   # the edges of words: neither
            rows.append([(v + 1) / 2 for v in frame])
            labels.append(1 if speech else 0)
    out.mkdir(parents=True, exist_ok=True)
    npy(out / "inputs.npy", "<f4", (len(rows), FRAME), b"".join(struct.pack(f"<{FRAME}f", *r) for r in rows))
    npy(out / "labels.npy", "<i8", (len(labels),), struct.pack(f"<{len(labels)}q", *labels))
    print(f"{len(rows)} frames, {sum(labels)} of speech")


if __name__ == "__main__":
    main()
