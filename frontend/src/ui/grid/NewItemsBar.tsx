import { Button } from 'antd';

type Props = { count: number; text: string; action: string; onShow: () => void };

/** Says that there is more, and lets the person decide when the list may move. */
export function NewItemsBar({ count, text, action, onShow }: Props) {
  return (
    <div className={count > 0 ? 'ak-new-items' : 'ak-new-items ak-closed'} role="status">
      {count > 0 ? (
        <>
          <span>{text}</span>
          <Button size="small" onClick={onShow}>
            {action}
          </Button>
        </>
      ) : null}
    </div>
  );
}
