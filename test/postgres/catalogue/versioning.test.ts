// catalogue/versioning.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../catalogue/versioning.test.ts';
