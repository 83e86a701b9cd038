// apis/fsws-bas/bas.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fsws-bas/bas.test.ts';
