// hub/history.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/history.test.ts';
