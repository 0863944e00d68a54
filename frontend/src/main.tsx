import { createRoot } from 'react-dom/client';
import { App } from '~/app/App';
import { watchComposition } from '~/platform/keys/onKey';
import '~/theme/app.css';

watchComposition(window);
const root = document.querySelector('#root');
if (root) createRoot(root).render(<App />);
