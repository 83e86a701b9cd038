// e2e/hostile-admin.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/hostile-admin.test.ts';
