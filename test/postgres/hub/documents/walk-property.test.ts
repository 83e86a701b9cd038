// hub/documents/walk-property.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/walk-property.test.ts';
