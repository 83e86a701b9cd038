// hub/graph/choice-memory.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/graph/choice-memory.test.ts';
