// hub/writing-many.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/writing-many.test.ts';
