// hub/explain.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/explain.test.ts';
