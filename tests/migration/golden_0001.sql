BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE ledger (
	seq INTEGER NOT NULL, 
	type TEXT NOT NULL, 
	name TEXT NOT NULL, 
	body TEXT NOT NULL, 
	record_digest TEXT NOT NULL, 
	previous TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT ledger_seq_from_one CHECK (seq >= 1), 
	UNIQUE (previous), 
	UNIQUE (digest)
)
 STRICT

;
INSERT INTO "ledger" VALUES(1,'party','ada','{"contact":null,"legal_name":null,"name":"ada","role":"signer","type":"party"}','sha256:aa6fb75536e929b81b2a713a44d376bfd335fef4ba4ae144f617406072c66131','sha256:0000000000000000000000000000000000000000000000000000000000000000','sha256:d68bf48c8183c29148da69ee72b483809294cfd23e72ee7ad55439f19a2ae194','ada@example.org','2026-11-21T09:30:00Z');
INSERT INTO "ledger" VALUES(2,'dataset','loans','{"description":"","files":[{"bytes":1,"digest":"sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb","media_type":"application/jsonl","name":"loans.jsonl"}],"languages":["de","en"],"licence":null,"name":"loans","origin":null,"personal_data":"unknown","role":"train","type":"dataset"}','sha256:29cea89e359f7973031232f3680d1b5f3e841a97feccbc033db2dbd460ee2625','sha256:d68bf48c8183c29148da69ee72b483809294cfd23e72ee7ad55439f19a2ae194','sha256:b2711c9485a7163873fdc7fd735f9963dc30ee9589afb87e5b97f0c864a9da42','ben@example.org','2026-11-21T09:31:00Z');
INSERT INTO "ledger" VALUES(3,'party','ada','{"contact":"Ada \"Zoë\" 𝄞\n","legal_name":null,"name":"ada","role":"approver","type":"party"}','sha256:c78e4d2cace2f8aa62586ac66e7e49449b09a2c0c3c1bdb2bede890a4784283d','sha256:b2711c9485a7163873fdc7fd735f9963dc30ee9589afb87e5b97f0c864a9da42','sha256:8022b4eb290e3d57e7c53f0bc35f919a37d171f369690ee9d251bfe740ee088b','ada@example.org','2026-11-21T09:32:00.5Z');
CREATE INDEX ledger_by_name ON ledger (type, name, seq);
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE'); END;
CREATE TRIGGER ledger_no_replace BEFORE INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM ledger
        WHERE seq = NEW.seq OR digest = NEW.digest OR previous = NEW.previous) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE, no fork'); END;
CREATE TRIGGER ledger_chain BEFORE INSERT ON ledger
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
    OR NEW.previous IS NOT coalesce((SELECT digest FROM ledger ORDER BY seq DESC LIMIT 1),
        'sha256:0000000000000000000000000000000000000000000000000000000000000000') BEGIN
    SELECT RAISE(ABORT, 'the ledger is a chain: wrong seq or previous digest'); END;
COMMIT;
