// e2e/fsws-crud.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/fsws-crud.test.ts';
