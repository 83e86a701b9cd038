// apis/fsws-bris/differences.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fsws-bris/differences.test.ts';
