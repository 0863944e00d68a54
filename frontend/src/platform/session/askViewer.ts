import { ViewerDocument } from '~/generated/graphql';
import { apiClient } from '~/platform/api/client';
import { liveSocket } from '~/platform/live/liveSocket';
import { session } from '~/platform/session/sessionStore';

/** Asks the server who we are and sets the session accordingly. Another person than before gets a fresh page. */
export async function askViewer(): Promise<void> {
  const { data, error } = await apiClient.query(ViewerDocument, {}, { requestPolicy: 'network-only' }).toPromise();
  if (data?.viewer) {
    const before = session.get();
    // What the first person was writing must not reach the second.
    if (before.state === 'expired' && before.viewer.id !== data.viewer.id) window.location.assign('/');
    session.signedIn(data.viewer);
    liveSocket.restart();
    return;
  }
  const nobody = !error || error.response?.status === 401 || error.graphQLErrors.some((one) => one.extensions?.code === 'unauthenticated');
  if (nobody) session.signedOut();
  else session.failed(error.message);
}
