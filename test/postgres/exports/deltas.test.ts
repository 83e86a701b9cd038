// exports/deltas.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../exports/deltas.test.ts';
