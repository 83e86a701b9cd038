// hub/documents/shape.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/shape.test.ts';
