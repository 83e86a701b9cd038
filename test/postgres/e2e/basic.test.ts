// e2e/basic.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/basic.test.ts';
