// exports/holding.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../exports/holding.test.ts';
