{
  'variables': {
    # 0 builds without `-z nodelete`, as the tests of the cleanup hook need it: nodelete hides a missing hook.
    'nodelete%': 1,
    # 1 builds with AddressSanitizer and UndefinedBehaviorSanitizer.
    'sanitize%': 0,
  },
  'targets': [
    {
      'target_name': 'afnetlink',
      'sources': [
        'src/addon.cc',
        'src/batch_receiver.cc',
        'src/datagram_calls.cc',
        'src/echo_call.cc',
        'src/environment.cc',
        'src/epoll_thread.cc',
        'src/filter_calls.cc',
        'src/mapped_ring.cc',
        'src/netlink_socket.cc',
        'src/network_namespace.cc',
        'src/option_calls.cc',
        'src/receive_ring.cc',
        'src/ring_calls.cc',
        'src/socket_calls.cc',
        'src/socket_thread.cc',
        'src/spill.cc',
        'src/thread_calls.cc',
        'src/thread_loop.cc',
        'src/uv_loop.cc',
      ],
      'defines': ['NAPI_VERSION=9', 'NAPI_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'],
      'cflags_cc': [
        '-std=c++20',
        '-O3',
        '-Wall',
        '-Wextra',
        '-Wshadow',
        '-Werror',
        '-fvisibility=hidden',
        '-isystem',
        '<!(node -p "require(\'path\').resolve(require(\'node-addon-api\').include_dir)")',
      ],
      'conditions': [
        ['nodelete==1', {'ldflags': ['-Wl,-z,nodelete']}],
        [
          'sanitize==1',
          {
            'cflags_cc': ['-g', '-O1', '-fsanitize=address,undefined', '-fno-omit-frame-pointer'],
            'ldflags': ['-fsanitize=address,undefined'],
          },
        ],
      ],
    }
  ],
}
