// The words of the demo shop, in both languages. The last member of an order is its topic.

export const WORDS = {
  en: {
    brand: 'Shanlan Tea House',
    nav: { label: 'Shop', shop: 'Teas', orders: 'My orders' },
    other: '中文',
    hero: 'Tea from the hills above the fog',
    heroMore: 'Small lots from three families in Zhejiang and Fujian, packed the week you order.',
    advice: 'Ask for advice',
    askAbout: 'Ask',
    products: [
      ['tin', 'Longjing before the rain', 'Spring green tea, 100 g tin', '¥ 268'],
      ['cup', 'Old-bush oolong', 'Roasted over charcoal, 75 g', '¥ 196'],
      ['pot', 'Celadon teapot', 'Thrown by hand, 240 ml', '¥ 420'],
    ],
    number: 'No.',
    orders: [
      ['1001', 'Longjing before the rain, 2 tins', 'on its way', 'order'],
      ['1002', 'Celadon teapot', 'delivered yesterday', 'refund'],
      ['1003', 'Old-bush oolong', 'delivered last week', 'complaint'],
    ],
    topics: { order: 'Where is it?', refund: 'Return it', complaint: 'Something is wrong' },
    tryOut: 'This shop does not exist. It is here to try the chat as a customer.',
    visitAs: 'Visit as',
    ordinary: 'ordinary customer',
    somebodyElse: 'Become a new visitor',
  },
  'zh-CN': {
    brand: '山岚茶舍',
    nav: { label: '商店', shop: '茶品', orders: '我的订单' },
    other: 'English',
    hero: '云雾之上，山间好茶',
    heroMore: '来自浙江与福建三户茶农的小批新茶，下单当周分装寄出。',
    advice: '请茶师推荐',
    askAbout: '咨询',
    products: [
      ['tin', '雨前龙井', '春茶 · 罐装 100 克', '¥ 268'],
      ['cup', '老丛乌龙', '炭火慢焙 · 75 克', '¥ 196'],
      ['pot', '青瓷茶壶', '手工拉坯 · 240 毫升', '¥ 420'],
    ],
    number: '订单号',
    orders: [
      ['1001', '雨前龙井 × 2 罐', '运输中', 'order'],
      ['1002', '青瓷茶壶', '昨天已签收', 'refund'],
      ['1003', '老丛乌龙', '上周已签收', 'complaint'],
    ],
    topics: { order: '查询物流', refund: '申请退货', complaint: '我要反馈问题' },
    tryOut: '这是一家虚构的商店，供您以顾客身份体验在线客服。',
    visitAs: '访客身份',
    ordinary: '普通客户',
    somebodyElse: '换一位新访客',
  },
};
