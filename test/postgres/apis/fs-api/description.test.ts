// apis/fs-api/description.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-api/description.test.ts';
