// apis/fsws-crud/crud.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fsws-crud/crud.test.ts';
