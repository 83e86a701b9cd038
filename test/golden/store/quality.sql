-- quality.db, version 1
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE name (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE examined (uid INTEGER PRIMARY KEY, collection INTEGER NOT NULL, source INTEGER NOT NULL, findings INTEGER NOT NULL);
CREATE TABLE finding ( uid INTEGER NOT NULL, rule INTEGER NOT NULL, place INTEGER NOT NULL, detail INTEGER NOT NULL, collection INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (uid, rule, place, detail)) WITHOUT ROWID;
CREATE INDEX finding_rule ON finding (collection, rule, place, uid);
CREATE TABLE tally ( collection INTEGER NOT NULL, source INTEGER NOT NULL, rule INTEGER NOT NULL, place INTEGER NOT NULL, detail INTEGER NOT NULL, resources INTEGER NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (collection, source, rule, place, detail)) WITHOUT ROWID;
CREATE TABLE examination ( collection INTEGER NOT NULL, source INTEGER NOT NULL, examined INTEGER NOT NULL, flawed INTEGER NOT NULL, PRIMARY KEY (collection, source)) WITHOUT ROWID;
CREATE TABLE nested (key INTEGER NOT NULL, uid INTEGER NOT NULL, PRIMARY KEY (key, uid)) WITHOUT ROWID;
CREATE INDEX nested_uid ON nested (uid);
CREATE TABLE pending (uid INTEGER PRIMARY KEY);
CREATE TABLE spread ( id INTEGER PRIMARY KEY, kind TEXT NOT NULL, key INTEGER NOT NULL, scope TEXT NOT NULL, position INTEGER NOT NULL, after_relation INTEGER, after_source INTEGER);
CREATE TABLE sweep (collection INTEGER PRIMARY KEY, after INTEGER NOT NULL);
CREATE TABLE trend ( day TEXT NOT NULL, collection INTEGER NOT NULL, rule INTEGER NOT NULL, count INTEGER NOT NULL, resources INTEGER NOT NULL, PRIMARY KEY (day, collection, rule)) WITHOUT ROWID;
