// hub/documents/sealing.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../hub/documents/sealing.test.ts';
