// hub/graph/ended.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/graph/ended.test.ts';
