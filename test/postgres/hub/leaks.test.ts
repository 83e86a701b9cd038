// hub/leaks.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/leaks.test.ts';
