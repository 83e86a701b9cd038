// hub/documents/entity-events.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/entity-events.test.ts';
