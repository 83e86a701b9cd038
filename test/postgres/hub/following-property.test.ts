// hub/following-property.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/following-property.test.ts';
