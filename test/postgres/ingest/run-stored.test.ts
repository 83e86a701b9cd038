// ingest/run-stored.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../ingest/run-stored.test.ts';
