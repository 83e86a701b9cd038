// e2e/explain.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../e2e/explain.test.ts';
