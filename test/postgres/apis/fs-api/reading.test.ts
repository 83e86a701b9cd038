// apis/fs-api/reading.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-api/reading.test.ts';
