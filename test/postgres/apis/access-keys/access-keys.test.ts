// apis/access-keys/access-keys.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/access-keys/access-keys.test.ts';
