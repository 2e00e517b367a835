-- The releases on the market, what is known about them, and what people did about it (docs/formats/portfolio.md).
-- Times are UTC, "2027-01-02T03:04:05Z"; days "2027-01-02". Null: not known.

CREATE TABLE releases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  product TEXT NOT NULL,
  version TEXT NOT NULL,
  dossier TEXT,                 -- the folder it was added from; null: from a bill of materials alone
  placed_on TEXT,               -- the market
  support_until TEXT,
  components INTEGER NOT NULL,
  looked_up INTEGER NOT NULL,   -- of the components: those with a name under which advisories can be found
  added_at TEXT NOT NULL,
  evaluated_at TEXT,            -- by the last run
  ended_at TEXT,                -- no longer watched
  ended_because TEXT
);
CREATE UNIQUE INDEX releases_watched ON releases (product, version) WHERE ended_at IS NULL;

-- The bills as they were, in bills/<sha256>.
CREATE TABLE bills (
  release INTEGER NOT NULL REFERENCES releases (id),
  sha256 TEXT NOT NULL,
  name TEXT NOT NULL,           -- of the file it came from, for messages
  PRIMARY KEY (release, sha256)
) WITHOUT ROWID;

-- The component index is these files together, oldest first.
CREATE TABLE segments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  file TEXT NOT NULL UNIQUE,
  bytes INTEGER NOT NULL,
  instances INTEGER NOT NULL
);

-- Advisories that were ingested, as they came; and those of an index that reach a release.
CREATE TABLE documents (
  sha256 TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE advisories (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  modified TEXT NOT NULL,
  published TEXT,
  withdrawn TEXT,
  summary TEXT,
  severity TEXT,
  document TEXT REFERENCES documents (sha256),  -- null: from an index
  first_at TEXT NOT NULL,
  changed_at TEXT NOT NULL
);
-- kind: 0 alias, 1 upstream, 2 related
CREATE TABLE names (
  advisory INTEGER NOT NULL REFERENCES advisories (id),
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (advisory, kind, name)
) WITHOUT ROWID;
CREATE INDEX names_by_name ON names (name, kind);

-- status: 0 affected, 1 it cannot be told
CREATE TABLE findings (
  advisory INTEGER NOT NULL REFERENCES advisories (id),
  release INTEGER NOT NULL REFERENCES releases (id),
  status INTEGER NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (advisory, release)
) WITHOUT ROWID;
CREATE INDEX findings_by_release ON findings (release);

-- Who says that a vulnerability is being exploited.
CREATE TABLE signals (
  vulnerability TEXT NOT NULL,
  source TEXT NOT NULL,
  said_on TEXT,                 -- by the source
  due_on TEXT,                  -- by the source, for those it binds
  ransomware INTEGER NOT NULL,
  recorded_at TEXT NOT NULL,
  recorded_by TEXT,             -- a person; null: from a catalogue
  note TEXT,
  PRIMARY KEY (vulnerability, source)
) WITHOUT ROWID;
-- Which advisories a signal concerns. via: 1 its id, 2 an alias, 3 an upstream id, 4 a related id
CREATE TABLE exploited (
  advisory INTEGER NOT NULL REFERENCES advisories (id),
  vulnerability TEXT NOT NULL,
  via INTEGER NOT NULL,
  PRIMARY KEY (advisory, vulnerability)
) WITHOUT ROWID;

CREATE TABLE cases (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  product TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('candidate', 'aware', 'dismissed', 'report')),
  opened_at TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  decided_by TEXT,
  because TEXT,
  incident TEXT,                -- the file of the record whose clocks run
  UNIQUE (product, vulnerability)
);
CREATE TABLE case_releases (
  case_id INTEGER NOT NULL REFERENCES cases (id),
  release INTEGER NOT NULL REFERENCES releases (id),
  advisory INTEGER NOT NULL REFERENCES advisories (id),
  status INTEGER NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (case_id, release, advisory)
) WITHOUT ROWID;

CREATE TABLE history (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  what TEXT NOT NULL,
  product TEXT,
  subject TEXT NOT NULL,
  detail TEXT
);

-- What somebody has to be told, once for each `name`; and how far that went, for each way of telling.
CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  created_at TEXT NOT NULL,
  body TEXT NOT NULL
);
CREATE TABLE deliveries (
  alert INTEGER NOT NULL REFERENCES alerts (id),
  way TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  tried_at TEXT NOT NULL,
  delivered_at TEXT,
  problem TEXT,
  PRIMARY KEY (alert, way)
) WITHOUT ROWID;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
