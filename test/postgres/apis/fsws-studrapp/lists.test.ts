// apis/fsws-studrapp/lists.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fsws-studrapp/lists.test.ts';
