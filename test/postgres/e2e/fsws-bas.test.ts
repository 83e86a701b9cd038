// e2e/fsws-bas.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/fsws-bas.test.ts';
