// hub/graph/graph.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/graph/graph.test.ts';
