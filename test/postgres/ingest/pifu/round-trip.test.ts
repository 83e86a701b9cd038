// ingest/pifu/round-trip.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../ingest/pifu/round-trip.test.ts';
