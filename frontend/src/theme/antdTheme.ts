import type { ThemeConfig } from 'antd';
import type { TextSize } from '~/platform/preferences/preferences';

const BASE: Record<TextSize, { fontSize: number; controlHeight: number }> = {
  normal: { fontSize: 14, controlHeight: 36 },
  large: { fontSize: 16, controlHeight: 44 },
  larger: { fontSize: 20, controlHeight: 56 },
};

/** Colours keep 4.5:1 on white and on the page's grey; sizes follow the chosen text size. */
export function themeOf(size: TextSize): ThemeConfig {
  return {
    token: {
      ...BASE[size],
      colorPrimary: '#1b4f8f',
      colorLink: '#1b4f8f',
      colorError: '#b3261e',
      colorText: '#1c2430',
      colorTextPlaceholder: '#667180',
      colorTextDisabled: '#667180',
      colorBorder: '#8a94a3',
      borderRadius: 4,
      motion: false,
      fontFamily:
        '"Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", system-ui, sans-serif',
    },
  };
}
