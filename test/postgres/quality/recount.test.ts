// quality/recount.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../quality/recount.test.ts';
