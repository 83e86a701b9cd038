// exports/scheduled.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../exports/scheduled.test.ts';
