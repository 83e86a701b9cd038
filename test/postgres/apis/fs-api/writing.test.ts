// apis/fs-api/writing.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-api/writing.test.ts';
