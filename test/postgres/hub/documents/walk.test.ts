// hub/documents/walk.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/walk.test.ts';
