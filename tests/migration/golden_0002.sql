-- A ledger as revision 0002 wrote it, with Python's sqlite3 dump; never made again.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
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
INSERT INTO "ledger" VALUES(1,'dataset','loans','{"contents":[],"description":"","files":[{"bytes":3,"digest":"sha256:ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356","media_type":"application/jsonl","name":"train.jsonl"}],"languages":[],"legal_basis":null,"licence":null,"name":"loans","observation":null,"origin":null,"owner":null,"parents":[],"personal_data":"unknown","role":"train","sheet":null,"special_categories":null,"splits":[],"type":"dataset","unheld":[],"version":null}','sha256:588c1cc08fba2df7753df5bbad9c769fd8bb51c7da5f50245ef180398baed5c1','sha256:0000000000000000000000000000000000000000000000000000000000000000','sha256:196438c7f6684459b9a80de1ccf4cefdaf62e0b9b5f14cab97ffd876e5d6accb','party-0123456789abcdef','2026-11-21T09:30:00Z');
INSERT INTO "ledger" VALUES(2,'model','small-lm','{"adapter":null,"adapter_config":null,"alias_of":null,"architecture":null,"dates":null,"host":null,"interface":null,"kind":"base","licence":null,"merged_from":[],"name":"small-lm","observation":null,"parameters":null,"parent":null,"provider":null,"purl":null,"snapshot":null,"summary_url":null,"type":"model","version":null,"weights":[]}','sha256:a7292d1c98fe6e51b539c19ddbd9ae822225aea4dc39416a2da4f075dff98b7d','sha256:196438c7f6684459b9a80de1ccf4cefdaf62e0b9b5f14cab97ffd876e5d6accb','sha256:6420f8a8188dac3090b369cfea2be1867d88ad691386fa85bad4e0cccbf6b6e2','party-0123456789abcdef','2026-11-21T09:30:00Z');
INSERT INTO "ledger" VALUES(3,'model','loans-v1','{"adapter":null,"adapter_config":null,"alias_of":null,"architecture":null,"dates":null,"host":null,"interface":null,"kind":"tuned","licence":"\"Zoë\" 𝄞","merged_from":[],"name":"loans-v1","observation":null,"parameters":null,"parent":"small-lm","provider":null,"purl":null,"snapshot":null,"summary_url":null,"type":"model","version":null,"weights":[]}','sha256:b51d61359920c0776131ba0d9828710f4af19d89d05b3595fab33047fbe3cef4','sha256:6420f8a8188dac3090b369cfea2be1867d88ad691386fa85bad4e0cccbf6b6e2','sha256:4cf5433c6b6b8a524ce6db0148c93deb59e5f5d56f0dcc970adbad03d44d4229','party-0123456789abcdef','2026-11-21T09:30:00Z');
INSERT INTO "ledger" VALUES(4,'job','tune-1','{"base":"small-lm","bill":null,"billed_tokens":null,"config":null,"created_at":null,"datasets":{"train":"loans"},"electricity":null,"energy":null,"error":null,"estimated_finish":null,"finished_at":null,"flop":null,"host":null,"hyperparameters":[],"method":"lora","name":"tune-1","observation":null,"output_identities":{},"outputs":["loans-v1"],"provider":"local","request":null,"seed":null,"started_at":null,"status":null,"steps":null,"trained_tokens":null,"trainer_state":null,"type":"job"}','sha256:be0d2ede7a645fbe24edd1da3814e17e752af4f6d91797d4de1c98deac6d4914','sha256:4cf5433c6b6b8a524ce6db0148c93deb59e5f5d56f0dcc970adbad03d44d4229','sha256:779655b3ad3013946177d49151a8a9b8fe3d5e00c791f868205116e58f097eeb','party-0123456789abcdef','2026-11-21T09:30:00Z');
INSERT INTO "ledger" VALUES(5,'model','loans-v1','{"adapter":null,"adapter_config":null,"alias_of":null,"architecture":null,"dates":null,"host":null,"interface":null,"kind":"tuned","licence":"Apache-2.0","merged_from":[],"name":"loans-v1","observation":null,"parameters":null,"parent":"small-lm","provider":null,"purl":null,"snapshot":null,"summary_url":null,"type":"model","version":null,"weights":[]}','sha256:b002cc40942ae1616d9541aba6b38ebd8f1fc05e3ef12fb6ab0307d46b3ad01e','sha256:779655b3ad3013946177d49151a8a9b8fe3d5e00c791f868205116e58f097eeb','sha256:16b199a5e877917b0b16418478adcacf05b60c4d07f2d30c8b8b45061377e2ed','party-0123456789abcdef','2026-11-21T09:30:00Z');
CREATE TABLE link (
	seq INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	below_type TEXT NOT NULL, 
	below_name TEXT NOT NULL, 
	relation TEXT NOT NULL, 
	above_type TEXT NOT NULL, 
	above_name TEXT NOT NULL, 
	PRIMARY KEY (seq, place)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "link" VALUES(3,0,'model','loans-v1','derived_from','model','small-lm');
INSERT INTO "link" VALUES(4,0,'job','tune-1','started_from','model','small-lm');
INSERT INTO "link" VALUES(4,1,'job','tune-1','used','dataset','loans');
INSERT INTO "link" VALUES(4,2,'model','loans-v1','generated_by','job','tune-1');
INSERT INTO "link" VALUES(5,0,'model','loans-v1','derived_from','model','small-lm');
CREATE TABLE tree (
	level INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (level, place)
)
 WITHOUT ROWID,
 STRICT

;
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
CREATE INDEX link_below ON link (below_type, below_name);
CREATE INDEX link_above ON link (above_type, above_name);
CREATE TRIGGER tree_no_update BEFORE UPDATE ON tree BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of its tree'); END;
CREATE TRIGGER tree_no_delete BEFORE DELETE ON tree BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of its tree'); END;
CREATE TRIGGER tree_no_replace BEFORE INSERT ON tree
    WHEN EXISTS (SELECT 1 FROM tree WHERE level = NEW.level AND place = NEW.place) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE of its tree'); END;
CREATE TRIGGER tree_complete BEFORE INSERT ON tree
    WHEN ((NEW.place + 1) << NEW.level) > (SELECT coalesce(max(seq), 0) FROM ledger) BEGIN
    SELECT RAISE(ABORT, 'the ledger has not so many entries: no such hash of its tree'); END;
CREATE TRIGGER link_no_update BEFORE UPDATE ON link BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no UPDATE of its links'); END;
CREATE TRIGGER link_no_delete BEFORE DELETE ON link BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no DELETE of its links'); END;
CREATE TRIGGER link_no_replace BEFORE INSERT ON link
    WHEN EXISTS (SELECT 1 FROM link WHERE seq = NEW.seq AND place = NEW.place) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: no REPLACE of its links'); END;
CREATE TRIGGER link_ahead BEFORE INSERT ON link
    WHEN NEW.seq <= (SELECT coalesce(max(seq), 0) FROM ledger) BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only: links come with their entry'); END;
COMMIT;
