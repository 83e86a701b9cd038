// tables/reads.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../tables/reads.test.ts';
