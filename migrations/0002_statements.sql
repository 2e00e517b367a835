-- What suppliers and the maker state about vulnerabilities (VEX): documents in vex/<sha256>, about whatever they name; and
-- bills of materials that say something of themselves, about their release.

CREATE TABLE statements (
  sha256 TEXT NOT NULL,
  release INTEGER NOT NULL,     -- 0: a document of its own; else the release whose bill it is
  name TEXT NOT NULL,           -- of the file it came from, for messages
  added_at TEXT NOT NULL,
  PRIMARY KEY (sha256, release)
) WITHOUT ROWID;
