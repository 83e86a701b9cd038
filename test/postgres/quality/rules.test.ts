// quality/rules.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../quality/rules.test.ts';
