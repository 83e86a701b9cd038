// hub/writing-property.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/writing-property.test.ts';
