// hub/following.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/following.test.ts';
