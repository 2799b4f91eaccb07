/** The fixed numbers of the controller's own family (GENL_ID_CTRL) and of the group of its notifications, used to look up all others. */
export const CONTROLLER = 'nlctrl';
export const GENL_ID_CTRL = 16;
export const CTRL_NOTIFY_GROUP = 16;
