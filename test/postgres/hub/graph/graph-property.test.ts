// hub/graph/graph-property.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/graph/graph-property.test.ts';
