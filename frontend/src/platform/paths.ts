/** Every address inside the client. Rooms meet here and in the data, never by importing each other. */
type Query = Record<string, string | readonly string[] | undefined>;

function withQuery(path: string, query: Query): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) params.append(name, one);
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

const id = encodeURIComponent;

export const paths = {
  start: () => '/',
  cases: (query: Query = {}) => withQuery('/cases', query),
  registerCase: () => '/cases/new',
  importCases: () => '/cases/import',
  case: (caseId: string) => `/cases/${id(caseId)}`,
  receipts: (query: Query = {}) => withQuery('/receipts', query),
  receipt: (receiptId: string, query: Query = {}) => withQuery(`/receipts/${id(receiptId)}`, query),
  disbursements: (query: Query = {}) => withQuery('/disbursements', query),
  newDisbursement: (caseId: string) => withQuery('/disbursements/new', { case: caseId }),
  disbursement: (disbursementId: string) => `/disbursements/${id(disbursementId)}`,
  editDisbursement: (disbursementId: string) => `/disbursements/${id(disbursementId)}/edit`,
  approvals: (query: Query = {}) => withQuery('/approvals', query),
  audits: (query: Query = {}) => withQuery('/audits', query),
  releases: () => '/releases',
  releaseReview: (disbursementIds: readonly string[]) => withQuery('/releases/review', { item: disbursementIds }),
  statements: () => '/statements',
  importStatement: () => '/statements/import',
  statement: (importId: string, query: Query = {}) => withQuery(`/statements/${id(importId)}`, query),
  fundAccounts: (query: Query = {}) => withQuery('/fund-accounts', query),
  integrations: (query: Query = {}) => withQuery('/integrations', query),
  integration: (fundAccountId: string) => `/integrations/${id(fundAccountId)}`,
  plugins: () => '/plugins',
  plugin: (pluginId: string) => `/plugins/${id(pluginId)}`,
  reports: (query: Query = {}) => withQuery('/reports', query),
  reportFile: (reportId: string, ending: 'xlsx' | 'csv', query: Query) => withQuery(`/reports/${id(reportId)}.${ending}`, query),
  overview: (query: Query = {}) => withQuery('/overview', query),
  alarms: (query: Query = {}) => withQuery('/alarms', query),
};
