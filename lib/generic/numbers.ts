/** The controller's own family and the group of its notifications: the numbers that all others are asked for with (GENL_ID_CTRL). */
export const CONTROLLER = 'nlctrl';
export const GENL_ID_CTRL = 16;
export const CTRL_NOTIFY_GROUP = 16;
