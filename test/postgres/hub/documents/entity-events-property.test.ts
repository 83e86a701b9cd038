// hub/documents/entity-events-property.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/entity-events-property.test.ts';
