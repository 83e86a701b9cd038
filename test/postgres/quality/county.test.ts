// quality/county.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../quality/county.test.ts';
