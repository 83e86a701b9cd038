// hub/rows.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/rows.test.ts';
